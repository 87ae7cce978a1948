from tests.reviews.test_review_interleavings import *
from reviews.models import ReviewPart
real = ReviewPart.write
def test_broken(papers, mia, as_, quiet, monkeypatch):
    def write(self, notes, *, by, at, version=None):
        real(self, notes, by=by, at=at, version=None)
    monkeypatch.setattr(ReviewPart, "write", write)
    draw=Random(5)
    rep, paper = papers[0]
    writers=[Writer("mia", as_.api(mia), paper), Writer(rep.name, as_.api(rep), paper)]
    write_together(paper, writers, draw, A_PART)
