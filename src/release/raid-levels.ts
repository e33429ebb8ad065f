/** The least number of disks of each RAID level that the installer makes (auto-raidcfg of partman-auto-raid, md(4)). */
export const LEAST_RAID_DISKS: Readonly<Record<number, number>> = { 0: 2, 1: 2, 5: 3, 6: 4, 10: 2 };
