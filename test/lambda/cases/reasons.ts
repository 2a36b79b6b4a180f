/** Why a door cannot: what the service does, in words for the operator's table. */
export const reasons = {
  decoded: 'HTTP APIs decode the path before the function sees it: an encoded slash has become a slash.',
  question: 'HTTP APIs decode the path, and cut it at a question mark that was encoded.',
  broken:
    'HTTP APIs decode the path: a broken escape arrives as the text it is, and is no malformed URL any more.',
  query:
    'REST APIs decode the query: a broken escape arrives as the text it is, and is no malformed URL any more.',
  untyped: 'HTTP APIs give an empty body a type; the function takes no notice of what type nothing has.',
  semicolon: 'REST APIs split the query at semicolons.',
  domain: 'A Function URL has one name of its own; no request for another reaches it.',
  text: 'Handed on as text in UTF-8: bytes that are none are lost. (Assumed; the service documents only that such a body is text.)',
  head: 'Request line and fields may have 10,240 bytes; the service answers 431.',
  balancerBody: 'A load balancer takes bodies of at most 1 MB for a function; it answers 413.',
  balancerAnswer:
    'A load balancer takes 1 MB from a function, counted as JSON; the function answers ANSWER_TOO_LARGE.',
  event: 'An event has at most 6 MB, of which base64 takes a third: the service answers 413.',
  gateway: 'The gateway takes at most 10 MB; it answers 413.',
  result:
    'A function returns at most 6 MB, counted as JSON with base64 or escapes; it answers ANSWER_TOO_LARGE.',
  buffered: 'The answer is whole or it is not: instead of one cut short the client gets a problem.',
  remapped:
    'The service keeps WWW-Authenticate to itself and hands it on as x-amzn-remapped-www-authenticate.',
  typed: 'The gateway gives an answer without a Content-Type one of its own.',
  trailers: 'A result has no place for trailers: they are left out.',
} as const;
