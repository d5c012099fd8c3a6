// @types/seedrandom declares the whole package only. Its main file seeds a pool from Math.random and asks for `crypto`
// when it is loaded; the alea file does neither, so it also loads in a page and where Math.random is made to throw.
declare module 'seedrandom/lib/alea.js' {
  import type { State, StatefulPRNG } from 'seedrandom';
  const alea: (seed: string, options: { state: State.Alea | true }) => StatefulPRNG<State.Alea>;
  export default alea;
}
