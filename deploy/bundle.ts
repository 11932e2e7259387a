/** Bundles the API for an edge runtime: one module without imports but those of Node. */
import { build, type Plugin } from 'esbuild';

/** Of the behaviour of workerd that the bundles are written for; the modules of Node come with the flag `nodejs_compat`. */
export const COMPATIBILITY_DATE = '2026-04-01';

/** `deploy/edge.ts` with all that it needs. */
export function bundleEdge(): Promise<string> {
  return bundle("export { default } from './edge.ts';", import.meta.dirname);
}

/** One module of all that the text imports. */
export async function bundle(contents: string, resolveDir: string, plugins: Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    // the AWS SDK's build for browsers needs a DOM; workerd has the modules of Node that the other one needs
    platform: 'node',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    plugins,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
