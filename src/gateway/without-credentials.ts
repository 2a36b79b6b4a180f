/** URLs as they may stand in an answer, which is kept and passed on more often than a request is. */

/** Parameters, in a URL of any form or in several of them (`Link`). */
const parameter = /([?&;])([^=&#?;<>\s]+)=([^&#;<>\s]*)/g;
/** Names, or their last words, under which APIs and signed URLs (AWS, Google, Azure) carry secrets. */
const words =
  /^(key|token|secret|passphrase|password|passwd|pwd|pass|signature|sig|credentials?|authorization|auth|code|jwt|sas|session|sessionid|sid)$/;
/** The same without anything between the words. */
const compound =
  /^(api|app|access|account|auth|bearer|client|consumer|id|master|private|refresh|secret|session|shared|signing|subscription)(key|token|secret|password)$/;

const MASK = 'redacted';

/** `auth[token]`, `accessKey`, `X-Amz-Signature`, `token[]`, `apikey`; not `monkey` or `tokens`. */
function isCredential(name: string): boolean {
  const [last = ''] = decoded(name)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .slice(-1);
  return words.test(last) || compound.test(last);
}

/** @param text a URL, or a `Link` field */
export const withoutCredentials = (text: string): string =>
  text.replace(parameter, (whole, mark: string, name: string) =>
    isCredential(name) ? `${mark}${name}=${MASK}` : whole,
  );

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
