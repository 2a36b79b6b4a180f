-- CreateTable
CREATE TABLE "RateCount" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "points" INTEGER NOT NULL,
    "endsAtMs" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "StoredAnswer" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "bodyMac" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "claimedAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "status" INTEGER,
    "headers" TEXT,
    "body" TEXT,
    "callerId" TEXT,
    "userId" TEXT,
    CONSTRAINT "StoredAnswer_callerId_fkey" FOREIGN KEY ("callerId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "StoredAnswer_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "RateCount_endsAtMs_idx" ON "RateCount"("endsAtMs");

-- CreateIndex
CREATE INDEX "StoredAnswer_expiresAt_idx" ON "StoredAnswer"("expiresAt");

-- CreateIndex
CREATE INDEX "StoredAnswer_callerId_idx" ON "StoredAnswer"("callerId");

-- CreateIndex
CREATE INDEX "StoredAnswer_userId_idx" ON "StoredAnswer"("userId");
