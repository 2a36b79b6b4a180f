-- Collation and instants as in the first migration. A body is at most what Farebox answers of one user.

-- CreateTable
CREATE TABLE `RateCount` (
    `key` VARCHAR(191) NOT NULL,
    `points` INTEGER NOT NULL,
    `endsAtMs` BIGINT NOT NULL,

    INDEX `RateCount_endsAtMs_idx`(`endsAtMs`),
    PRIMARY KEY (`key`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- CreateTable
CREATE TABLE `StoredAnswer` (
    `id` VARCHAR(191) NOT NULL,
    `bodyMac` VARCHAR(191) NOT NULL,
    `owner` VARCHAR(191) NOT NULL,
    `claimedAt` DATETIME(3) NOT NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `status` INTEGER NULL,
    `headers` TEXT NULL,
    `body` TEXT NULL,
    `callerId` VARCHAR(191) NULL,
    `userId` VARCHAR(191) NULL,

    INDEX `StoredAnswer_expiresAt_idx`(`expiresAt`),
    INDEX `StoredAnswer_callerId_idx`(`callerId`),
    INDEX `StoredAnswer_userId_idx`(`userId`),
    PRIMARY KEY (`id`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- AddForeignKey
ALTER TABLE `StoredAnswer` ADD CONSTRAINT `StoredAnswer_callerId_fkey` FOREIGN KEY (`callerId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `StoredAnswer` ADD CONSTRAINT `StoredAnswer_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
