-- CreateTable
CREATE TABLE "RateCount" (
    "key" TEXT COLLATE "C" NOT NULL,
    "points" INTEGER NOT NULL,
    "endsAtMs" BIGINT NOT NULL,

    CONSTRAINT "RateCount_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "StoredAnswer" (
    "id" TEXT COLLATE "C" NOT NULL,
    "bodyMac" TEXT COLLATE "C" NOT NULL,
    "owner" TEXT COLLATE "C" NOT NULL,
    "claimedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "status" INTEGER,
    "headers" TEXT COLLATE "C",
    "body" TEXT COLLATE "C",
    "callerId" TEXT COLLATE "C",
    "userId" TEXT COLLATE "C",

    CONSTRAINT "StoredAnswer_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "RateCount_endsAtMs_idx" ON "RateCount"("endsAtMs");

-- CreateIndex
CREATE INDEX "StoredAnswer_expiresAt_idx" ON "StoredAnswer"("expiresAt");

-- CreateIndex
CREATE INDEX "StoredAnswer_callerId_idx" ON "StoredAnswer"("callerId");

-- CreateIndex
CREATE INDEX "StoredAnswer_userId_idx" ON "StoredAnswer"("userId");

-- AddForeignKey
ALTER TABLE "StoredAnswer" ADD CONSTRAINT "StoredAnswer_callerId_fkey" FOREIGN KEY ("callerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StoredAnswer" ADD CONSTRAINT "StoredAnswer_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
