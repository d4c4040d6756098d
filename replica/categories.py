"""The categories that the stand-in has papers in."""

NAMES = {
    "astro-ph.CO": "Cosmology and Nongalactic Astrophysics",
    "astro-ph.GA": "Astrophysics of Galaxies",
    "astro-ph.IM": "Instrumentation and Methods for Astrophysics",
    "cond-mat.mtrl-sci": "Materials Science",
    "cond-mat.stat-mech": "Statistical Mechanics",
    "cs.AI": "Artificial Intelligence",
    "cs.CL": "Computation and Language",
    "cs.CR": "Cryptography and Security",
    "cs.CV": "Computer Vision and Pattern Recognition",
    "cs.IR": "Information Retrieval",
    "cs.IT": "Information Theory",
    "cs.LG": "Machine Learning",
    "cs.NI": "Networking and Internet Architecture",
    "cs.RO": "Robotics",
    "cs.SD": "Sound",
    "eess.AS": "Audio and Speech Processing",
    "eess.IV": "Image and Video Processing",
    "eess.SY": "Systems and Control",
    "math-ph": "Mathematical Physics",
    "math.AG": "Algebraic Geometry",
    "math.CO": "Combinatorics",
    "math.NT": "Number Theory",
    "math.OC": "Optimization and Control",
    "math.PR": "Probability",
    "math.ST": "Statistics Theory",
    "physics.bio-ph": "Biological Physics",
    "physics.comp-ph": "Computational Physics",
    "q-bio.BM": "Biomolecules",
    "quant-ph": "Quantum Physics",
    "stat.ML": "Machine Learning",
}
_ARCHIVES = frozenset(code.split(".")[0] for code in NAMES)


def is_known(category: str) -> bool:
    """Whether there are lists and feeds of this category or archive."""
    return category in NAMES or category in _ARCHIVES
