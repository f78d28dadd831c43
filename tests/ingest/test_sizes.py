"""The number of patients that a sentence speaks of."""

import pytest

from ragqa.ingest.sizes import read_n
from ragqa.text.lexicon import load_lexicon

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Of 142 patients with SSc-ILD, 69 were assigned to mycophenolate.", 142),
        ("In the subgroup (n = 170), FVC fell.", 170),
        ("ILD was coded in 637 of 11,731 patients with CTD (5.4%).", 11731),
        ("Of those followed, 77 patients (24.4%) needed no glucocorticoid.", None),
        ("It enrolled 29 adults and followed seven patients.", 29),
        ("A single patient improved.", 1),
        ("Seven patients died.", 7),
        ("In 2013 patients were few.", None),
        ("Adults aged 18-80 years with 5.6% of patients ill.", None),
        ("An incidence of 19 per 1,000,000 adults.", None),
        ("FVC fell by 192.9 mL.", None),
        ("The trial stopped early with 123 of 270 planned patients.", 123),
        ("It stopped at 51 of 150 intended patients.", 51),
        ("Fifty-nine patients were randomised.", 59),
        ("Two hundred and thirty-two patients finished.", 232),
        ("Half of the 400 mg-treated patients improved.", None),
        ("FVC had fallen less at week 52 in most patients.", None),
        ("At 24 weeks patients were well.", None),
        # What happened is counted, and not who was studied.
        ("In the extended analysis of early RA (ILD n = 92), the drug was associated with a longer time to RA-ILD.", None),
        ("When ILD present before any drug was included (n = 92), the odds were lower.", None),
        ("Deaths (n = 16) were few.", None),
        ("In SSc-ILD (n = 39), survival was longer.", 39),
        ("In the ILD subgroup (n = 170), FVC fell.", 170),
        ("With mycophenolate (n = 125), FVC (n = 120) rose.", 125),
        ("When people with ILD were included (n = 92), the odds were lower.", 92),
    ],
)
def test_the_number_of_patients(text: str, n: int | None) -> None:
    """The largest count of people; no year, age, rate, percentage or measurement."""
    assert read_n(text, LEXICON) == n
