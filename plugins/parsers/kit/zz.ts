import { chooseEncoding, decodeToUtf8 } from './encoding.ts';
import iconv from 'iconv-lite';
async function* once(b: Uint8Array, n = 65536) { for (let i = 0; i < b.length; i += n) yield b.subarray(i, i + n); }
const texts: [string, string][] = [
 ['windows-1252','sku,title\n1,Café crème\n2,Müller Straße\n'],['windows-1252','sku,title\n1,17” wheel\n2,Relay™ box\n'],['windows-1252','1,Señor piñata\n'],
 ['windows-1252','a,Niño\n'],['windows-1252','1,caf\u00e9\n'],['windows-1250','1,Gdańsk łódź żółty\n2,ścieżka\n'],['windows-1250','1,Příliš žluťoučký kůň\n2,Škoda\n'],
 ['windows-1251','1,Шина зимняя\n2,Колесо литое чёрное\n'],['koi8-r','1,Шина зимняя\n2,Колесо литое чёрное\n'],['cp866','1,Шина зимняя\n2,Колесо литое чёрное\n'],['iso-8859-5','1,Шина зимняя\n2,Колесо литое чёрное\n'],
 ['shift_jis','1,タオル 青\n2,自転車用ライト\n'],['euc-jp','1,タオル 青\n2,自転車用ライト\n'],['gbk','1,红色毛巾\n2,自行车灯,黑色\n'],['big5','1,紅色毛巾\n2,自行車燈,黑色\n'],['euc-kr','1,빨간 수건\n2,자전거 조명,검정\n'],
 ['windows-1254','1,Işık kırmızı\n2,Güneş gözlüğü\n'],['windows-1253','1,Πετσέτα κόκκινη\n2,Φως ποδηλάτου\n'],['cp850','1,Café crème\n2,Müller\n'],['cp437','1,Café\n2,17½ in\n'],['macintosh','1,Café crème\n2,Müller Straße\n'],
 ['iso-8859-2','1,Příliš žluťoučký kůň\n'],['windows-1257','1,Žalias kėdė šešių\n2,Didžioji dėžė\n'],['windows-1255','1,מגבת אדומה\n'],['windows-1256','1,منشفة حمراء\n'],['windows-874','1,ผ้าขนหนูสีแดง\n'],['utf-16le','1,Café\n2,b\n'],['utf-16be','1,タオル,12,34.5\n'],
 ['windows-1252','1,Bj\u00f6rk \u00e5 \u00e4r\n'],['windows-1252','1,S\u00e3o Jo\u00e3o a\u00e7\u00e3o\n'],['windows-1252','1,Sm\u00f8rrebr\u00f8d p\u00e5\n'],['windows-1252','1,20\u00b0 angle, \u00a35\n'],['windows-1252','1,\u00a9 2020 Foo\u00ae\n'],['windows-1250','1,K\u0151szeg t\u0171z\n'],['windows-1252','1,don\u2019t \u2013 stop\u2026\n'],['windows-1252','a,\u00c9TAT\n'],
];
for (const [enc, t] of texts) {
  const b = iconv.encode(t, enc);
  try { const c = await chooseEncoding(() => once(b), { declared: 'auto' });
    let out = ''; const d = new TextDecoder(); for await (const x of decodeToUtf8(once(b), c.encoding)) out += d.decode(x, {stream:true});
    console.log(out === t ? 'ok   ' : 'WRONG', enc, '->', c.encoding, c.reason, c.confidence, out === t ? '' : JSON.stringify(out));
  } catch (e) { console.log('refuse', enc, (e as Error).message.slice(60, 200)); }
}
const row = 'SKU-000123,12,ACME,10.50,19.99,new,Some title text of a product that is long enough,2026-01-01T00:00:00Z\n';
const big = Buffer.from(row.repeat(Math.ceil(50e6 / row.length)));
const big2 = Buffer.from((row+'Caf\u00e9 '+row).repeat(Math.ceil(25e6 / row.length)));
for (const [n, b, e] of [['ascii', big, 'utf-8'], ['utf8', big2, 'utf-8'], ['1252', iconv.encode(big2.toString(), 'windows-1252'), 'windows-1252'], ['utf16', iconv.encode(big2.toString(), 'utf-16le'), 'utf-16le'],['sjis', iconv.encode(('青い'+row).repeat(450000), 'shift_jis'), 'shift_jis']] as const)
 for (let k = 0; k < 3; k++) { const t0 = performance.now(); for await (const _ of decodeToUtf8(once(b), e)); console.log(n, (b.length/1e6).toFixed(0), 'MB', (performance.now() - t0).toFixed(0), 'ms'); }
{ const t0 = performance.now(); await chooseEncoding(() => once(big2), {declared:'auto'}); console.log('auto utf8', performance.now()-t0); }
{ const b=iconv.encode(big2.toString(), 'windows-1252'); const t0 = performance.now(); console.log(await chooseEncoding(() => once(b), {declared:'auto'})); console.log('auto 1252', performance.now()-t0); }
