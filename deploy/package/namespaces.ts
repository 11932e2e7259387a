/**
 * Makes the objects with the exports of modules when they are first used. esbuild makes those of all modules when the bundle is evaluated, with
 * a function for each export; a start needs few of them, since most imports name what they use.
 */

/** `__export(target, all)` of esbuild, which now keeps what to add, and `__namespace(target)`, which adds it. */
const HELPERS = [
  'const __unmade = new Map();',
  'const __export = (target, all) => void __unmade.set(target, all);',
  'const __namespace = (target) => {',
  '  const all = __unmade.get(target)?.();',
  '  if (all === undefined) return target;',
  '  __unmade.delete(target);',
  '  for (const name in all) Object.defineProperty(target, name, { get: all[name], enumerable: true });',
  '  return target;',
  '};',
].join('\n');
const EXPORT_HELPER = /\bvar __export=\(target,all\)=>\{[^}]*\}\)\};|__export=\(target,all\)=>\{[^}]*\}\)\}/;
const EXPORT = /([\w$]+):\s*\(\)=>\s*([\w$]+)/g;
/** The use of such an object, or of what it has. */
const USE = /(?<![\w$\0])(?<!(?<!\.\.)\.)(\w+_exports\d*)(?![\w$])(?:\.(\w+))?/g;
const DECLARATION = /\bvar (\w+)=\{\};\s*__export\(\s*(\w+),\s*(\{[^{}]*\})\);/g;

/** Changes the text of a bundle in this way; throws if it has another form than the one that is known. */
export function namespacesOnDemand(text: string): string {
  const exportsOf = new Map<string, Map<string, string>>();
  const declared = text.replace(DECLARATION, (_, name: string, target: string, all: string) => {
    if (name !== target) throw new Error(`the exports of ${name} are not beside it`);
    if (!/_exports\d*$/.test(name)) throw new Error(`${name} is an unknown name for exports`);
    exportsOf.set(name, new Map([...all.matchAll(EXPORT)].map(([, exported = '', local = '']) => [exported, local])));
    // a mark in place of the name, which is replaced below where it is used
    return `var \0${name}={};__export(\0${name},()=>(${all}));`;
  });
  const used = declared.replace(USE, (use, name: string, member: string | undefined) => {
    const members = exportsOf.get(name);
    if (members === undefined) return use;
    const local = member === undefined ? undefined : members.get(member);
    // no scope has a variable of that name: esbuild numbers them
    return local ?? `__namespace(${name})${use.slice(name.length)}`;
  });
  const done = used.replaceAll('\0', '');
  const eager = /__export\(\s*\w+,\s*\{/.exec(done);
  if (!EXPORT_HELPER.test(done) || eager !== null) throw new Error('the exports of modules have an unknown form');
  return done.replace(EXPORT_HELPER, `\n${HELPERS}\n`);
}
