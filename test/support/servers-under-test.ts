/** Which database servers the suites run on: those that somebody names, since they make and drop databases there. */
export const serversUnderTest = [
  { name: 'PostgreSQL', engine: 'postgresql', variable: 'TEST_POSTGRESQL_URL' },
  { name: 'MySQL', engine: 'mysql', variable: 'TEST_MYSQL_URL' },
].map((server) => ({ ...server, url: process.env[server.variable] || undefined }));
