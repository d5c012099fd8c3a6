/** What genesis gives to the people of a scenario. */
export interface Endowment {
  readonly chain: number;
  readonly account: number;
  readonly asset: string;
  readonly amount: bigint;
}

/** Whole units of each asset that a user starts with. MODEL: users never run out of money, only of patience. */
export const USER_FORTUNE = '1000000000';
