# The API as it runs in production. Its commands have been run one by one; the image itself is untried under an engine.
FROM node:24-bookworm-slim AS build
WORKDIR /app
# A layer of its own: what is installed changes less often than the sources.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Root's, so that the process cannot change what it runs.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/prisma prisma
COPY --from=build /app/dist dist
USER node
EXPOSE 3000
# Alive, not ready: nothing is gained by restarting the API because the database is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without a shell or npm in between, which would keep SIGTERM to themselves.
CMD ["node", "dist/main.js"]
