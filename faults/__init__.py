"""The campaign of faults: kills, hostile requests and records, damaged files, full disks; bounded and seeded."""
