/**
 * User number `i` of a seeded database: always the same person, so that seeding can be run again, for more
 * users or after an interruption, and finds what is already there.
 */
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { emailKey } from '../email.js';
import { foldCase } from '../text.js';

/** Six years in which people joined. */
const FIRST_MS = Date.UTC(2020, 0, 1);
const SPAN_MS = Date.UTC(2026, 0, 1) - FIRST_MS;
/** Multiples of it, without their whole part, lie evenly between 0 and 1, however many there are. */
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

interface People {
  given: readonly string[];
  family: readonly string[];
  isFamilyFirst?: true;
}

/** Scripts and letters that go wrong where text is handled carelessly: ß, ı and İ, a final ς, right to left, no case at all. */
const peoples: readonly People[] = [
  {
    given: ['Ada', 'Grace', 'Alan', 'Edsger', 'Margaret', 'Donald', 'Barbara', 'Ken'],
    family: ['Lovelace', "O'Brien", 'Smith-Jones', 'van der Berg', 'Hamilton', 'Müller', 'Groß'],
  },
  {
    given: ['Zoë', 'Łukasz', 'Søren', 'Siân', 'Jürgen', 'Šárka', 'Þórunn', 'Núria'],
    family: ['Dvořák', 'Nuñez', 'Håkansson', 'Wiśniewska', 'Lefèvre', 'Ólafsdóttir', 'Kovács'],
  },
  {
    given: ['İrem', 'Çağla', 'Işıl', 'Oğuz', 'Ömer', 'Şule'],
    family: ['Yılmaz', 'Işık', 'Öztürk', 'Çelik', 'Doğan'],
  },
  {
    given: ['Γιώργος', 'Ελένη', 'Νίκος', 'Χρήστος', 'Αθηνά'],
    family: ['Παπαδόπουλος', 'Οικονόμου', 'Βασιλείου', 'Δημητρίου'],
  },
  {
    given: ['Анна', 'Сергей', 'Оксана', 'Їржи', 'Ђорђе'],
    family: ['Ковалевская', 'Шевченко', 'Йовановић', 'Щукин', 'Ёлкина'],
  },
  { given: ['ליאור', 'נועה', 'דוד', 'מרים'], family: ['כהן', 'לוי', 'בן־דוד'] },
  { given: ['فاطمة', 'محمد', 'ليلى', 'يوسف'], family: ['الخوارزمي', 'حداد', 'النجار'] },
  { given: ['अनन्या', 'रवि', 'प्रिया', 'अर्जुन'], family: ['शर्मा', 'पटेल', 'श्रीवास्तव'] },
  { given: ['伟', '芳', '秀英', '小明'], family: ['王', '李', '欧阳', '陈'], isFamilyFirst: true },
  { given: ['さくら', '健太', 'ひろし', '美咲'], family: ['佐藤', '髙橋', '渡邉'], isFamilyFirst: true },
  { given: ['서연', '민준', '지우', '하은'], family: ['김', '이', '박', '선우'], isFamilyFirst: true },
  // Outside the basic plane: two UTF-16 units, four bytes of UTF-8.
  { given: ['Robin 🦊', '𝓜𝓲𝓻𝓪', '𠮷男'], family: ['🌻', 'Vale', '𠮟田'] },
];

/** A row to insert. @param i 1 or more */
export function seedUser(i: number, passwordHash: string) {
  const random = createHash('sha256').update(`farebox seed ${i}`).digest();
  const createdAt = new Date(FIRST_MS + Math.floor(((i * GOLDEN_RATIO) % 1) * SPAN_MS));
  const email = `seed-${String(i).padStart(6, '0')}@example.org`;
  const name = nameOf(random);
  return {
    id: uuidv7({ msecs: createdAt.getTime(), random }),
    email,
    emailKey: emailKey(email),
    name,
    nameKey: foldCase(name),
    passwordHash,
    role: 'user',
    createdAt,
    updatedAt: createdAt,
  };
}

/** By bytes of `random` that the id does not show. */
function nameOf(random: Buffer): string {
  const pick = <T>(list: readonly T[], at: number): T => list[random.readUInt16BE(at) % list.length] as T;
  const { given, family, isFamilyFirst } = pick(peoples, 16);
  const [first, last] = [pick(given, 18), pick(family, 20)];
  return (isFamilyFirst ? `${last} ${first}` : `${first} ${last}`).normalize('NFC');
}
