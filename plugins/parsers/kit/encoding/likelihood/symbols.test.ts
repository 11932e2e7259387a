/** Which places are usual for a sign: examples on both sides of each condition. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signChance } from './symbols.ts';

const NBSP = '\u00a0';
const SHY = '\u00ad';

/** In each word, the chance is that of its first character beyond letters and ASCII. */
const EXAMPLES: ReadonlyArray<readonly [number, string]> = [
  [-2.5, '5½ ½ (½) ½" 5½-6'],
  [-10, 'a½ A½ 日½ a½"'],
  [-14, '5½a ½A a½b'],
  [-2.5, '20° 20°C 20°c 20°- ° °C °5 °-'],
  [-10, '20°5 -°5 a° -°'],
  [-14, '°c -°C a°C'],
  [-2.5, 'Acme® Acme™ 5™ a®-'],
  [-7, 'A®B'],
  [-14, 'a®b A™日'],
  [-3.5, '® ™ © (©) -™'],
  [-4, '©2020 ©Acme (©a'],
  [-10, 'a© 5© ®5 -™5'],
  [-2.5, 'Men’s don’t L’Oréal d’angle O’Neil qu’il'],
  [-4.5, '’ 5’ a’ -’ ’a'],
  [-14, 'ab’cd Men’sa x’O O’xe'],
  [-3, '5” -”'],
  [-5.5, 'a” a”-'],
  [-10, '”'],
  [-14, '”a a”b'],
  [-4, '“a „a «a “5 (“a «-'],
  [-10, '„ a„ 5„ a«'],
  [-14, 'a„b a«b'],
  [-4, 'a» 5» a») -»'],
  [-14, 'a»b'],
  [-6, '« »'],
  [-5.5, 'a“ 5“-'],
  [-10, '“'],
  [-5, '‘a (‘5 ‘-'],
  [-10, '‘ a‘'],
  [-3, '– — • ·'],
  [-4, '1–2 a– –a 1–a a–1 —-'],
  [-14, 'a–b'],
  [-5.5, 'a·b ·a a·'],
  [-5, '•a •5 •-'],
  [-10, 'a• -•'],
  [-4, '… 5… -…'],
  [-6, 'a…'],
  [-10, 'a…- …5'],
  [-3, '× 5×6 (×) ×-'],
  [-10, 'a× a×5'],
  [-14, '5×a ×a'],
  [-3, '±5 ± (±'],
  [-10, '5±5 ±- a±'],
  [-14, '±a'],
  [-3, 'm² M³ t² T² m²/'],
  [-10, 'k² 5² ² m²5'],
  [-14, 'm²a'],
  [-3.5, '5µ 5µm µm µ (µ'],
  [-10, '5µ5 aµ'],
  [-2.5, '€5 5€ a€5 5£a'],
  [-4, '€ (£) €-'],
  [-10, 'a€ A£-'],
  [-14, '€a a€b'],
  [-4, '5¢ 5¢-'],
  [-10, '¢ a¢ 5¢5'],
  [-5, '¥5 5¥ a¥5'],
  [-10, '¥ a¥'],
  [-4, '5º nº Nº nº5'],
  [-10, 'aº º'],
  [-14, '5ºa nºa'],
  [-5, '5ª 5ª-'],
  [-10, 'aª ª'],
  [-14, '5ªa'],
  [-3.5, '№ №5 №a (№'],
  [-10, 'a№ 5№'],
  [-4, '¿a ¡A (¿a'],
  [-10, '¿ ¿5 a¿'],
  [-14, 'a¿b'],
  [-5, '5‰ 5‰a'],
  [-10, 'a‰ ‰'],
  [-6, '≤5 ≥ (≈5 ≤-'],
  [-10, 'a≤5 5≤5'],
  [-14, '≤a'],
  [-3.5, `${NBSP} 5${NBSP} a${NBSP} ${NBSP}a 5${NBSP}a a${NBSP}5`],
  [-7, `a${NBSP}b`],
  [-7, `a${SHY}b A${SHY}日`],
  [-10, `${SHY} a${SHY} 5${SHY}5 a${SHY}5`],
  [-14, `5${SHY}a`],
  [-6, '§5 § a§ §a a† (†)'],
  [-10, '5§5 a§5'],
  [-14, 'a§b'],
  // signs without a rule
  [-11, '¶ a¶ ¶5'],
  [-15, '¶a'],
  // what only a wrong reading has
  [-14, '\u0080 a\u009fb ─ ▟ \ue000 \uf8ff'],
  [-11, '\u00a8 ① ■'],
  // East Asian forms
  [-4.5, '、 日、 5、 （ 日（ ＠'],
  [-7, 'a、 Z（'],
];

test('the probability of a sign depends on what is beside it', () => {
  const wrong: string[] = [];
  for (const [chance, words] of EXAMPLES) {
    for (const word of words.split(' ')) {
      const chars = [...word];
      const at = chars.findIndex((c) => c > '\u007f' && !(/\p{L}/u.test(c) && !'ªºµ'.includes(c)));
      const found = signChance(chars, at);
      if (found !== chance) wrong.push(`${word}: ${found}, expected ${chance}`);
    }
  }
  assert.equal(wrong, []);
});

test.run();
