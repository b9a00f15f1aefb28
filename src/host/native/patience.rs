//! Decides how long an answer is waited for: a limit of time in which this program runs. A laptop that slept, or a
//! machine that had other work, finds its timers over before it has looked at what came meanwhile.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

/// Standing still costs one part of the limit, however long it lasts.
const PARTS: u32 = 20;

/// What `answer` comes to, or nothing after `limit`.
pub(super) async fn patiently<T>(limit: Duration, answer: impl Future<Output = T>) -> Option<T> {
    let (mut answer, part) = (pin!(answer), limit.checked_div(PARTS)?);
    for _ in 0..PARTS {
        if let Ok(answer) = timeout(part, &mut answer).await {
            return Some(answer);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    const LIMIT: Duration = Duration::from_millis(400);

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn nobody_waits_longer_than_the_limit() {
        let start = Instant::now();
        assert_eq!(block_on(patiently(LIMIT, std::future::pending::<()>())), None);
        assert!(start.elapsed() >= LIMIT);
    }

    #[test]
    fn what_is_there_when_the_program_goes_on_is_taken() {
        let came = block_on(async {
            let (tell, told) = tokio::sync::oneshot::channel();
            tokio::spawn(async move {
                std::thread::sleep(LIMIT + LIMIT);
                // What has come is passed on by some other task, which is not always asked before the timers are.
                tokio::time::sleep(LIMIT / 4).await;
                tell.send(())
            });
            patiently(LIMIT, told).await
        });
        assert_eq!(came, Some(Ok(())));
    }
}
