/**
 * How much a decoded sample looks like something a person wrote. Each character outside ASCII is judged by its neighbours
 * and by how often the likeliest language uses it; the sums (natural logarithms, 0 is perfect) of two readings compare.
 */

/** Letters outside ASCII by language, the most frequent first. The last three are for feeds that mix languages. */
const LATIN_LANGUAGES: readonly string[] = [
  'éèàêçâîôùûëïœü',
  'üäößéÜÄÖ',
  'óíáéñúü¿¡ÁÉÍÓÚÑ',
  'ãçáéíóêõúâàôÁÉÃÇÓÊ',
  'àèòùéìÀÈÉ',
  'äåöéÄÅÖæøÅÆØ',
  'áéíóöúýþæðÞÖÁÉÍÓ',
  'łóąęśżćńźŁŚŻĆÓŹ',
  'íáéýěščžřůúňťďóÚŠČŽŘ',
  'áíéýčžšúľôňťäóďŕĺŠČŽ',
  'áéöóőíúüűÁÉÖÓŐÍÚÜŰ',
  'ăîâşţșțéŞŢÎĂÂȘȚ',
  'čšžćđČŠŽĆĐ',
  'ıüşğöçİÖÜŞÇĞâî',
  'āīšēūžčņļģķŠĀŽČ',
  'ėšųžįūčąęŠŽČĖŪ',
  'äõöüšžÄÕÖÜ',
  'éüöóáäèíñàçßêúãôåøâÉëæîœïÖÜÄõûÅØò',
  'óáéíłąęśüýčžšěřöćżńúőäůôűțăș',
  'äüöõšžčūāėīēųņģ',
];
const CYRILLIC_LANGUAGES: readonly string[] = [
  'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё',
  'оаинтврілескдумпзяьбгйчхїцєжшюґщф',
  'аоиетнрсвлкдпмзъгбучяйшцхжщюфь',
];
const GREEK_LANGUAGES: readonly string[] = ['αοιεντσηρπκυμλςςάίόέωγήδθχύφβώξζψϊΰϋ'];

const SEMITIC_LANGUAGES: readonly string[] = ['ايلمنرتبوةسدعفهكحقأشجصطخإذضغزئىثظءؤآ', 'יוהלארמתשבנםעדקחןפגטכצסזךףץ'];

const LETTER = /\p{L}/u;
const UPPER = /\p{Lu}/u;
const SYMBOLS = '™®©°’‘“”–—…•€£½¼¾×±²³µØ·«»§№';
const UNLIKELY = -7;

/** The sum of the penalties of every character outside ASCII in `text`. */
export function scoreText(text: string): number {
  let sum = 0;
  const latin = new Map<string, number>();
  const cyrillic = new Map<string, number>();
  const greek = new Map<string, number>();
  const semitic = new Map<string, number>();
  const bagOf = (code: number): Map<string, number> | null => {
    if (code < 0x250) return latin;
    if (code >= 0x370 && code < 0x400) return greek;
    if (code >= 0x400 && code < 0x530) return cyrillic;
    return code >= 0x590 && code < 0x700 ? semitic : null;
  };
  const chars = Array.from(text);
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i]!;
    const code = c.codePointAt(0)!;
    if (code < 0x80) continue;
    const before = chars[i - 1] ?? '\n';
    const after = chars[i + 1] ?? '\n';
    if (code < 0xa0 || (code >= 0xe000 && code < 0xf900) || code >= 0xf0000) sum += UNLIKELY;
    else if (isEastAsian(code)) sum += eastAsian(code, before, after);
    else if (code >= 0xe31 && code < 0xe50) sum += before >= '\u0e00' && before < '\u0e80' ? -2.8 : -6;
    else if (LETTER.test(c) && c !== 'ª' && c !== 'º' && c !== 'µ') {
      sum += letterInContext(c, before, after);
      const bag = bagOf(code);
      if (bag !== null) bag.set(c, (bag.get(c) ?? 0) + 1);
      else sum += code >= 0xe00 && code < 0xe80 ? -2.8 : -4;
    } else sum += symbolInContext(c, code, before, after);
  }
  return (
    sum +
    bestLanguage(latin, LATIN_LANGUAGES, false) +
    bestLanguage(cyrillic, CYRILLIC_LANGUAGES, true) +
    bestLanguage(greek, GREEK_LANGUAGES, true) +
    bestLanguage(semitic, SEMITIC_LANGUAGES, false)
  );
}

/** Log likelihood of the letters in the language that explains them best. */
function bestLanguage(bag: ReadonlyMap<string, number>, languages: readonly string[], foldCase: boolean): number {
  if (bag.size === 0) return 0;
  let best = Number.NEGATIVE_INFINITY;
  for (const alphabet of languages) {
    let total = 0;
    for (let r = 0; r < alphabet.length; r++) total += 1 / (r + 2);
    let sum = 0;
    for (const [letter, count] of bag) {
      let rank = alphabet.indexOf(letter);
      let more = 0;
      if (rank < 0 || foldCase) {
        const small = alphabet.indexOf(letter.toLowerCase());
        if (small >= 0 && rank < 0) {
          rank = small;
          more = foldCase ? -0.3 : -1.5;
        }
      }
      sum += count * (rank < 0 ? UNLIKELY : Math.log(1 / (rank + 2) / total) + more);
    }
    if (sum > best) best = sum;
  }
  return best;
}

function letterInContext(c: string, before: string, after: string): number {
  let penalty = 0;
  const script = scriptOf(c);
  for (const other of [before, after]) {
    if (LETTER.test(other) && scriptOf(other) !== script && other !== 'º' && other !== 'ª') penalty -= 3;
    else if (script === 0 && other.charCodeAt(0) >= 0x80 && LETTER.test(other)) penalty -= 1;
    else if (other >= '0' && other <= '9') penalty -= 1.5;
    else if (other.charCodeAt(0) >= 0x80 && !LETTER.test(other) && !'’‘“”«»–—…™®©\u00a0'.includes(other)) penalty -= 2;
  }
  if (UPPER.test(c) && LETTER.test(before) && !UPPER.test(before)) penalty -= 3;
  if (!UPPER.test(c) && UPPER.test(before) && UPPER.test(after)) penalty -= 2;
  return penalty;
}

function scriptOf(c: string): number {
  const code = c.codePointAt(0)!;
  if (code < 0x250) return 0;
  if (code < 0x400) return 1;
  if (code < 0x530) return 2;
  return code >> 8;
}

function symbolInContext(c: string, code: number, before: string, after: string): number {
  const inside = LETTER.test(before) && LETTER.test(after);
  if (c === '\u00a0') return inside ? -1.5 : -0.7;
  if (c === '’') return LETTER.test(before) || before === ' ' || /\d/.test(before) ? -0.7 : -2;
  if (c === '‘' || c === '“' || c === '«') return LETTER.test(before) || /\d/.test(before) ? -3.5 : -1;
  if (c === '½' || c === '¼' || c === '¾' || c === '°') return LETTER.test(before) ? -4 : -1;
  if (c === '€' || c === '£') return LETTER.test(before) || LETTER.test(after) ? -4 : -1;
  if (SYMBOLS.includes(c)) return inside ? -3.5 : -1.2;
  if (c === 'º' || c === 'ª') return /\d|[nN]/.test(before) ? -1.5 : -4;
  if (code >= 0x2500 && code < 0x2600) return -6;
  return inside ? -6 : -4.5;
}

function isEastAsian(code: number): boolean {
  return (
    (code >= 0x3000 && code < 0xa000) ||
    (code >= 0xac00 && code < 0xd7a4) ||
    (code >= 0xf900 && code < 0xfb00) ||
    (code >= 0xff00 && code < 0xfff0) ||
    (code >= 0x20000 && code < 0x30000)
  );
}

/** Frequent characters are those of the first levels of the national standards; `rareHan` knows the others. */
function eastAsian(code: number, before: string, after: string): number {
  let penalty = 0;
  const company = isEastAsian(before.codePointAt(0)!) || isEastAsian(after.codePointAt(0)!);
  if (!company) penalty -= 4;
  if ((before >= 'a' && before <= 'z') || (after >= 'a' && after <= 'z')) penalty -= 2;
  if (code >= 0x3040 && code < 0x3100) return penalty - 0.8;
  if (code >= 0xff61 && code < 0xffa0) return penalty - 4.5;
  if (code >= 0xff00) return penalty - 2;
  if (code >= 0xac00 && code < 0xd7a4) return penalty - (commonHangul(code) ? 2 : 4.5);
  if (code < 0x3040) return penalty - 1.5;
  if (code < 0x4e00 || code >= 0xf900) return penalty - 8;
  return penalty - (COMMON_HAN.includes(String.fromCharCode(code)) ? 1.6 : 4.2);
}

/** Syllables with a rare final consonant cluster are rare. */
function commonHangul(code: number): boolean {
  return [0, 1, 4, 7, 8, 16, 17, 19, 20, 21].includes((code - 0xac00) % 28);
}

/** The commonest Han characters of product feeds and prose in Chinese (both scripts) and Japanese. */
const COMMON_HAN =
  '的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日军軍者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并並物手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及比员員解水名真论論处處走义義各入几幾口认認条條平系气氣题題活尔爾更别別打女变變四神总總何电電数數安少报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指克许許统統区區保至队隊形社便空决決治展马馬科司五基眼书書非则則听聽白却卻界达達光放强強即像难難且权權思王象完设設式色路记記南品住告类類求据據程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶导導争爭运運笔筆货貨库庫存价價码碼编編号號单單箱包袋套装裝盒红紅黑蓝藍绿綠灰黄黃银銀铁鐵钢鋼轮輪胎配车車型款尺寸颜顏商店仓倉毛巾衣服鞋帽裤褲杯瓶碗板纸紙线線灯燈器具玩木竹玻璃塑料件防水夏冬春秋男士童儿电池充器屏手表座椅桌柜床布皮棉絹糸茶酒米油塩砂糖青緑赤白茶橙桃紫鉄銅円税込庫在庫価格品番商名送料無予約限定発売用製型式番号数量単価注文会社東京大阪日本語製造株式有限用品部品工具' +
  '倍速光沢紙軽量薄厚幅奥高径長短丸角形状枚個本組入付別取扱説明書保証対応交換洗濯機冷蔵暖房乾燥掃除';
