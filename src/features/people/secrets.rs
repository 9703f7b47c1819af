//! Passwords and PINs: hashed with argon2id, a few at a time, never on the threads that serve.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use kith_base::error::Error;

/// How hard a hash is to guess at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// 19 MiB, two passes, one lane: the least that OWASP's password storage cheat sheet recommends.
    Full,
    /// Next to nothing, for the demo, whose secrets are printed on its first page, and for tests.
    Demo,
}

/// Hashes and compares secrets.
pub struct Secrets {
    strength: Strength,
    /// Each hash takes 19 MiB and a core for some 40 ms; two at once keep the rest of the house warm.
    hands: Semaphore,
}

impl Secrets {
    /// Secrets hashed with that strength.
    pub fn new(strength: Strength) -> Self {
        Self {
            strength,
            hands: Semaphore::new(2),
        }
    }

    fn hasher(&self) -> Result<Argon2<'static>, Error> {
        let params = match self.strength {
            Strength::Full => Params::new(19 * 1024, 2, 1, None),
            Strength::Demo => Params::new(8, 1, 1, None),
        }
        .map_err(Error::internal)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// The hash to keep, in PHC form, with a salt of its own.
    ///
    /// # Errors
    /// When the operating system has no random numbers to give.
    pub async fn hash(&self, secret: &str) -> Result<String, Error> {
        let hasher = self.hasher()?;
        let secret = secret.to_owned();
        self.aside(move || {
            hasher
                .hash_password(secret.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(Error::internal)
        })
        .await
    }

    /// Whether `secret` is the one that was hashed. With no hash at hand it takes as long and says
    /// no, so that the time does not tell which names exist.
    ///
    /// # Errors
    /// When a stored hash cannot be read.
    pub async fn matches(&self, secret: &str, hash: Option<String>) -> Result<bool, Error> {
        let Some(hash) = hash else {
            self.hash(secret).await?;
            return Ok(false);
        };
        let secret = secret.to_owned();
        self.aside(move || {
            let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
            // The parameters stand in the hash, so old ones keep working when they are raised.
            Ok(Argon2::default()
                .verify_password(secret.as_bytes(), &hash)
                .is_ok())
        })
        .await
    }

    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _hand = self.hands.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)?
    }
}
