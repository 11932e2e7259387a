/** Makes the kernel of a run, or of one of its threads, once a feed is large enough to repay it. */
import { KERNEL_BYTES } from './bytes.ts';
import { Kernel, type KernelSizes } from './kernel.ts';

/** Compiled at most once a process; null where WebAssembly, or its SIMD, is missing. */
let compiled: WebAssembly.Module | null | undefined;

export interface KernelsOptions extends KernelSizes {
  /** Feeds below this size are read without the kernel. */
  fromBytes: number;
}

export class Kernels {
  readonly #options: KernelsOptions;
  #kernel: Kernel | null | undefined;

  constructor(options: KernelsOptions) {
    this.#options = options;
  }

  /** The kernel if there is one already. */
  get made(): Kernel | null {
    return this.#kernel ?? null;
  }

  /** The kernel, for a feed of at least so many bytes; null if it is too small, or the machine has none. */
  forFeed(bytes: number): Kernel | null {
    if (bytes < this.#options.fromBytes) return null;
    if (this.#kernel === undefined) this.#kernel = makeKernel(this.#options);
    return this.#kernel;
  }
}

function makeKernel(sizes: KernelSizes): Kernel | null {
  if (compiled === undefined) compiled = compileKernel();
  if (compiled === null) return null;
  try {
    return new Kernel(compiled, sizes);
  } catch (error) {
    // so much address space is not to be had
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function compileKernel(): WebAssembly.Module | null {
  if (typeof WebAssembly === 'undefined') return null;
  // a loop: `Uint8Array.from` makes a string of each byte
  const text = atob(KERNEL_BYTES);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
}
