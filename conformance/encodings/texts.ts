/** What feeds say in many languages: titles, colours, cities, streets, makers. Written for these tests; no model has seen it. */

export interface Corpus {
  language: string;
  /** The encodings in which feeds in this language really occur, beside UTF-8 and UTF-16. */
  encodings: readonly string[];
  phrases: readonly string[];
}

const WEST = ['windows-1252', 'iso-8859-1', 'iso-8859-15', 'macintosh', 'cp850', 'cp437'];
const CENTRAL = ['windows-1250', 'iso-8859-2', 'cp852'];
const CYRILLIC = ['windows-1251', 'koi8-r', 'iso-8859-5', 'cp866', 'x-mac-cyrillic'];
const BALTIC = ['windows-1257', 'iso-8859-13'];

export const CORPORA: readonly Corpus[] = [
  {
    language: 'fr',
    encodings: WEST,
    phrases: list(`
      Serviette de toilette brodée; Théière en céramique; Boîte à outils métallique; Crème fraîche épaisse;
      Chaîne de vélo 9 vitesses; Canapé d’angle réversible; Câble électrique blindé; Fenêtre à soufflet;
      Rue du Général Leclerc, Orléans; Besançon; Société Générale de Mécanique; Garçon 8 ans, bleu foncé;
      Pneu été Michelin; Poêle à granulés; Gants de protection doublés; Évier encastré; Modèle à côtes`),
  },
  {
    language: 'de',
    encodings: WEST,
    phrases: list(`
      Kühlschrankdichtung weiß; Wäschekorb groß; Schlüsselanhänger Löwe; Heizkörper für Küche; Türgriff;
      Königstraße 12, Düsseldorf; Nürnberg; Köln-Mülheim; Gebrüder Müller GmbH; Fußmatte grün; Spülbürste;
      Äpfel getrocknet; Öl für Motorsägen; Übergangsjacke; Verschlußkappe; Dämmplatte 40 mm; Zündkerze`),
  },
  {
    language: 'es',
    encodings: WEST,
    phrases: list(`
      Baño de acero; Lámpara de jardín; Cañón de proyección; Pañuelo de algodón; Sillón orejero; Teléfono móvil;
      Avenida de España, Logroño; La Coruña; Muñeca de trapo; Niños 4 años; Cinturón de tacón;
      Batería eléctrica; Compañía Eléctrica Núñez; Cámara fotográfica; Árbol de levas; Tamaño pequeño`),
  },
  {
    language: 'pt',
    encodings: WEST,
    phrases: list(`
      Calção de banho; Pão de açúcar; Botões de pressão; Lâmpada fluorescente; Cartões de memória; Coração;
      São Paulo; Praça da República; Colchão de molas; Câmera de segurança; Tênis infantil; Chapéu; Fogão;
      Irmãos Guimarães; Promoção especial; Relógio de parede; Edição limitada`),
  },
  {
    language: 'it',
    encodings: WEST,
    phrases: list(`
      Caffè macinato; Qualità superiore; Lavabo più colonna; Città di Castello; Tè verde; Però economico; Forlì;
      Capacità 2 litri; Novità primavera; Velocità variabile; Disponibilità immediata; Università`),
  },
  {
    language: 'nl',
    encodings: WEST,
    phrases: list(`
      Geïsoleerde beker; Coöperatie; Crème handdoek; Koffie à la carte; Belgiëlaan; Geëmailleerde pan; Ruïne;
      Café stoel`),
  },
  {
    language: 'da',
    encodings: WEST,
    phrases: list(`
      Rød håndklæde; Børnesko blå; Køkkenstol; Ærmeløs trøje; Ålborg; Nørregade 7, København; Småkager;
      Grøn sæbe; Øreringe sølv`),
  },
  {
    language: 'sv',
    encodings: WEST,
    phrases: list(`
      Grön handduk; Blå jacka för män; Malmö; Örebro; Västra Hamngatan, Göteborg; Kökssåg; Löpskor;
      Ångstrykjärn; Färg: grå; Hårtork`),
  },
  {
    language: 'fi',
    encodings: WEST,
    phrases: list(`
      Pyyhe, vihreä; Jyväskylä; Hämeenlinna; Pöytälamppu; Sähköpyörä; Äänieriste; Työkalupakki; Kynttilänjalka;
      Hyvä laatu`),
  },
  {
    language: 'is',
    encodings: ['windows-1252', 'iso-8859-1', 'iso-8859-15'],
    phrases: list(`
      Þvottavél; Ísland; Reiðhjól grænt; Höfuðborgarsvæðið; Akureyri, Þórunnarstræti; Stóll úr tré; Rúmföt;
      Eldhúsborð`),
  },
  {
    language: 'pl',
    encodings: CENTRAL,
    phrases: list(`
      Ręcznik kąpielowy biały; Żarówka świecąca; Gdańsk; Łódź, ulica Piotrkowska; Poznań; Klucz płaski zestaw;
      Spódnica dziewczęca; Półka ścienna; Odkurzacz ręczny; Łańcuch rowerowy; Kołdra całoroczna; Żółty;
      Wąż ogrodowy; Krzesło składane; Mała śruba; Zakład Usługowy Wiśniewski`),
  },
  {
    language: 'cs',
    encodings: CENTRAL,
    phrases: list(`
      Ručník žlutý; Přívěsek na klíče; Plzeň; České Budějovice; Dětská židle; Šroubovák křížový; Žárovka; Koště;
      Příliš žluťoučký kůň; Náměstí Míru, Praha; Dvořák a synové; Stůl dřevěný; Kávovar; Kožešinový límec`),
  },
  {
    language: 'sk',
    encodings: CENTRAL,
    phrases: list(`
      Uterák žltý; Košeľa pánska; Žiarovka; Stôl dubový; Nitra, Štúrova ulica; Kľúč očkový; Dáždnik;
      Sveter šedý; Hračka pre deti; Vysávač`),
  },
  {
    language: 'hu',
    encodings: CENTRAL,
    phrases: list(`
      Törölköző zöld; Győr; Kőműves kalapács; Fűnyíró; Székesfehérvár; Női cipő; Fűtőtest; Esőkabát; Bőröv;
      Hűtőszekrény; Üveg tál; Szűrő betét; Erősítő; Petőfi Sándor utca; Gyűrű`),
  },
  {
    language: 'ro',
    encodings: CENTRAL,
    phrases: list(`
      Prosop roşu; Bucureşti; Piaţa Unirii, Iaşi; Lampă de masă; Scaun pliabil, înălţime 45; Cămaşă bărbaţi;
      Mănuşi; Sfoară; Braşov; Găleată`),
  },
  {
    language: 'hr',
    encodings: CENTRAL,
    phrases: list(`
      Ručnik žuti; Šibenik; Čaša za vodu; Trešnjevačka ulica; Kućište; Bicikl dječji; Đuro Đaković;
      Muška košulja; Ključ; Kožna torba`),
  },
  {
    language: 'sl',
    encodings: CENTRAL,
    phrases: list(`
      Brisača rumena; Škofja Loka; Čevlji moški; Žaga za les; Otroško kolo; Ključavnica; Dežnik; Steklenička`),
  },
  {
    language: 'tr',
    encodings: ['windows-1254', 'iso-8859-9'],
    phrases: list(`
      Havlu kırmızı; Güneş gözlüğü; Çocuk ayakkabısı; İstanbul; Eskişehir; Düğme; Ağaç sandalye; Işık; Şemsiye;
      Kadıköy; Yağmurluk; Bıçak seti`),
  },
  {
    language: 'lt',
    encodings: BALTIC,
    phrases: list(`
      Rankšluostis žalias; Vaikiška kėdė; Šiauliai; Panevėžys; Žvakė; Virtuvės įrankiai; Lietpaltis ąžuolas;
      Odinė piniginė juoda; Dviračio grandinė; Kavinukė`),
  },
  {
    language: 'lv',
    encodings: BALTIC,
    phrases: list(`
      Dvielis zaļš; Bērnu krēsls; Rīga, Brīvības iela; Ķirsis; Šķēres; Ūdens krūze; Žakete; Gaismeklis; Jūrmala;
      Cepešpanna; Ģitāra`),
  },
  {
    language: 'et',
    encodings: [...BALTIC, 'windows-1252'],
    phrases: list(`
      Käterätik roheline; Tõukeratas; Põrandalamp; Jõhvi; Võru; Söögilaud; Kõrvarõngad; Õunapuu; Lauanõud;
      Külmik`),
  },
  {
    language: 'vi',
    encodings: ['windows-1258'],
    phrases: list(`
      Khăn tắm màu đỏ; Thành phố Hồ Chí Minh; Xe đạp trẻ em; Đèn bàn; Bình nước; Giày thể thao nữ; Áo sơ mi;
      Quần dài`),
  },
  {
    language: 'ru',
    encodings: CYRILLIC,
    phrases: list(`
      Полотенце махровое красное; Шина зимняя шипованная; Санкт-Петербург; Лампа настольная; Ключ гаечный;
      ООО Рассвет; Кроссовки женские; Масло моторное; Улица Ленина; Чайник электрический; Щётка; Объём 2 л;
      Ёмкость`),
  },
  {
    language: 'uk',
    encodings: ['windows-1251', 'koi8-u'],
    phrases: list(`
      Рушник жовтий; Київ, вулиця Хрещатик; Лампа настільна; Взуття дитяче; Їжа для котів; Ключ розвідний;
      Є в наявності; Велосипед гірський; Чайник`),
  },
  {
    language: 'bg',
    encodings: ['windows-1251'],
    phrases: list(`
      Хавлиена кърпа; Пловдив; Ключ звезден; Детски обувки; Лампа за бюро; Въже синьо; Джанти алуминиеви;
      Гума лятна`),
  },
  {
    language: 'el',
    encodings: ['windows-1253', 'iso-8859-7'],
    phrases: list(`
      Πετσέτα μπάνιου κόκκινη; Αθήνα; Θεσσαλονίκη; Φωτιστικό γραφείου; Παπούτσια γυναικεία; Καρέκλα ξύλινη;
      Ποδήλατο; Έπιπλα; Άσπρο`),
  },
  {
    language: 'he',
    encodings: ['windows-1255', 'iso-8859-8'],
    phrases: list(`
      מגבת אדומה; תל אביב; נעליים לנשים; מנורת שולחן; כיסא עץ; אופניים לילדים; מפתח ברגים`),
  },
  {
    language: 'ar',
    encodings: ['windows-1256', 'iso-8859-6'],
    phrases: list(`
      منشفة حمراء; القاهرة; حذاء نسائي; مصباح مكتب; كرسي خشبي; دراجة أطفال; مفتاح ربط`),
  },
  {
    language: 'th',
    encodings: ['windows-874', 'iso-8859-11'],
    phrases: list(`
      ผ้าขนหนูสีแดง; กรุงเทพมหานคร; รองเท้าผู้หญิง; โคมไฟตั้งโต๊ะ; เก้าอี้ไม้; จักรยานเด็ก`),
  },
  {
    language: 'ja',
    encodings: ['shift_jis', 'euc-jp'],
    phrases: list(`
      バスタオル 赤; 自転車用ライト; 東京都千代田区; 折りたたみ椅子; 電気ケトル; 子供用スニーカー; 卓上ランプ; 革財布 茶色; 六角レンチ; ステンレス鍋; 防水ジャケット`),
  },
  {
    language: 'zh',
    encodings: ['gbk', 'gb18030'],
    phrases: list(`
      红色浴巾; 自行车车灯; 北京市朝阳区; 折叠椅; 电热水壶; 儿童运动鞋; 台灯; 不锈钢锅; 防水外套; 扳手套装; 真皮钱包`),
  },
  {
    language: 'zh-Hant',
    encodings: ['big5'],
    phrases: list(`
      紅色浴巾; 自行車車燈; 台北市信義區; 折疊椅; 電熱水壺; 兒童運動鞋; 檯燈; 不鏽鋼鍋; 防水外套; 扳手套裝; 真皮錢包`),
  },
  {
    language: 'ko',
    encodings: ['euc-kr'],
    phrases: list(`
      빨간 목욕 수건; 자전거 전조등; 서울특별시 강남구; 접이식 의자; 전기 주전자; 어린이 운동화; 탁상용 램프; 스테인리스 냄비; 방수 재킷; 가죽 지갑`),
  },
];

/** English titles with a symbol or a foreign name: most feeds have nothing else outside ASCII. */
export const SIGNS: readonly string[] = list(`
      Wheel 17½ in; Angle bracket 90°; Relay™ sensor; Velcro® strap; Plate 30×40 cm; ±5 mm tolerance;
      Filter 10 µm; Sleeve 3¼ in; Area 2 m²; Volume 5 m³; “Classic” mug; Men’s jacket; Cable – black;
      Price €9.99; Only £5; Size M – L; © 2026 Acme; 5¢ candy; Temp 20 °C; Tube Ø 20 mm; ½ price; Set of 3…;
      • New; Citroën C3; Häagen-Dazs; Nestlé; L’Oréal; Moët & Chandon; Lancôme; Škoda Octavia; Jalapeño; Crème;
      Mötley; Rosé wine; Señor; Café; Smörgås; Pokémon; Beyoncé`);

/** Phrases between semicolons. */
function list(text: string): string[] {
  return text.split(';').map((phrase) => phrase.trim());
}
