"""The campaign of faults: kills, hostile requests, hostile records, damaged files and full disks, bounded and seeded."""
