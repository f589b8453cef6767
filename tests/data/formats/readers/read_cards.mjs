// What three programs find in card files: `node read_cards.mjs FOLDER FILE...` prints {file: {program: …}}.
// FOLDER is where the programs are installed. Payloads are handed on as they are parsed.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(path.join(folder, "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const { CharacterCard } = await load("@lenml/char-card-reader");
const { CCardLib } = await load("@risuai/ccardlib");
const utils = await load("character-card-utils");

async function asked(question) {
  try {
    return await question();
  } catch (error) {
    return { error: String(error) };
  }
}

async function charCardReader(file) {
  const data = fs.readFileSync(file);
  const card = file.endsWith(".json")
    ? CharacterCard.from_json(JSON.parse(data))
    : await CharacterCard.from_file(data);
  return { v1: card.toSpecV1(), v3: card.toSpecV3(), book: card.get_book?.() ?? null };
}

function ccardlib(file) {
  const payload = JSON.parse(fs.readFileSync(file));
  const version = CCardLib.character.check(structuredClone(payload));
  const v3 = CCardLib.character.convert(structuredClone(payload), { to: "v3" });
  const v2 = CCardLib.character.convert(structuredClone(payload), { to: "v2" });
  return { version, v3, v2 };
}

function cardUtils(file) {
  return { v2: utils.parseToV2(JSON.parse(fs.readFileSync(file))) };
}

const found = {};
for (const file of files) {
  const isJson = file.endsWith(".json");
  found[path.basename(file)] = {
    charCardReader: await asked(() => charCardReader(file)),
    ...(isJson && { ccardlib: await asked(() => ccardlib(file)) }),
    ...(isJson && { cardUtils: await asked(() => cardUtils(file)) }),
  };
}
console.log(JSON.stringify(found));
