-- Text is compared by code point (utf8mb4_bin; no value begins or ends with a space or holds a control
-- character, which this collation would sort otherwise): order and equality are those of the other engines.
-- Lengths: email 254 octets (RFC 5321); its key and the name's may grow when case is folded; name 255
-- code points. InnoDB takes at most 3,072 bytes in an index, 4 a character. Instants are UTC, to the millisecond.

-- CreateTable
CREATE TABLE `User` (
    `id` VARCHAR(191) NOT NULL,
    `email` VARCHAR(254) NOT NULL,
    `emailKey` VARCHAR(508) NOT NULL,
    `name` VARCHAR(255) NOT NULL,
    `nameKey` VARCHAR(1020) NOT NULL,
    `passwordHash` VARCHAR(255) NOT NULL,
    `role` VARCHAR(32) NOT NULL DEFAULT 'user',
    `version` INTEGER NOT NULL DEFAULT 1,
    `sessionEpoch` INTEGER NOT NULL DEFAULT 0,
    `createdAt` DATETIME(3) NOT NULL,
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `User_emailKey_key`(`emailKey`),
    INDEX `User_createdAt_id_idx`(`createdAt`, `id`),
    INDEX `User_email_id_idx`(`email`, `id`),
    INDEX `User_name_id_idx`(`name`, `id`),
    INDEX `User_role_createdAt_id_idx`(`role`, `createdAt`, `id`),
    INDEX `User_role_email_id_idx`(`role`, `email`, `id`),
    INDEX `User_role_name_id_idx`(`role`, `name`, `id`),
    PRIMARY KEY (`id`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- CreateTable
CREATE TABLE `Session` (
    `id` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `tokenHash` VARCHAR(64) NOT NULL,
    `sessionEpoch` INTEGER NOT NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL,

    INDEX `Session_userId_idx`(`userId`),
    INDEX `Session_expiresAt_idx`(`expiresAt`),
    PRIMARY KEY (`id`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- CreateTable
CREATE TABLE `Claim` (
    `name` VARCHAR(191) NOT NULL,
    `uses` INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY (`name`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- AddForeignKey
ALTER TABLE `Session` ADD CONSTRAINT `Session_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
