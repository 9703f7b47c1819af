//! A sound file as the body of an answer: each second of it is made when the other side is ready for it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use kith_sound::SoundFile;

/// Some bytes of a file.
struct Piecewise {
    file: SoundFile,
    at: u64,
    end: u64,
}

/// The bytes from the first up to the one before the second.
pub(super) fn body(file: SoundFile, from: u64, end: u64) -> Body {
    Body::new(Piecewise {
        file,
        at: from,
        end,
    })
}

/// What one piece holds at least, so that a fast connection is not kept busy with small ones.
const PIECE: usize = 16 * 1024;

impl http_body::Body for Piecewise {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let left = self.end - self.at;
        if left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = Vec::with_capacity(2 * PIECE);
        while piece.len() < PIECE && (piece.len() as u64) < left {
            let before = piece.len();
            self.file.read(self.at + before as u64, &mut piece);
            if piece.len() == before {
                break;
            }
        }
        piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        self.at += piece.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(piece.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.at == self.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end - self.at)
    }
}
