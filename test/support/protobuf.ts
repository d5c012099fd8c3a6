/** Reads messages of protocol buffers as far as vectors need it: numbers, and fields of bytes by their number. */
export interface Message {
  readonly numbers: ReadonlyMap<number, number>;
  readonly bytes: ReadonlyMap<number, readonly Uint8Array[]>;
}

/** @source https://protobuf.dev/programming-guides/encoding */
export function readMessage(data: Uint8Array): Message {
  const numbers = new Map<number, number>();
  const bytes = new Map<number, Uint8Array[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = data[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const tag = varint();
    const field = tag >>> 3;
    if ((tag & 7) === 0) numbers.set(field, varint());
    else {
      const length = varint();
      bytes.set(field, [...(bytes.get(field) ?? []), data.subarray(at, at + length)]);
      at += length;
    }
  }
  return { numbers, bytes };
}
