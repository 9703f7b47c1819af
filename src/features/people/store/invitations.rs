//! Invitations; their secrets are kept as hashes only.

use kith_base::db::{Error, Row, Tx};

/// An invitation; its secrets are kept as hashes only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// The clinic that invites.
    pub clinic_id: String,
    /// Itself.
    pub invitation_id: String,
    /// What the invited will be.
    pub roles: String,
    /// The name she was invited by.
    pub name: String,
    /// Who invites; `None`: the command line.
    pub invited_by: Option<String>,
    /// Set when it gives somebody who is already here a new PIN on a new phone.
    pub for_person: Option<String>,
    /// Until when it can be used.
    pub expires_at: i64,
    /// When it was used or taken back.
    pub closed_at: Option<i64>,
}

fn read_invitation(row: &Row<'_>) -> Result<InvitationRow, Error> {
    Ok(InvitationRow {
        clinic_id: row.get("clinic_id")?,
        invitation_id: row.get("invitation_id")?,
        roles: row.get("roles")?,
        name: row.get("name")?,
        invited_by: row.get("invited_by")?,
        for_person: row.get("for_person")?,
        expires_at: row.get("expires_at")?,
        closed_at: row.get("closed_at")?,
    })
}

pub fn add_invitation(
    tx: &mut Tx<'_>,
    invitation: &InvitationRow,
    token_hash: &str,
    code_hash: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into invitation (clinic_id, invitation_id, token_hash, code_hash, roles, name,
             invited_by, for_person, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            (&invitation.clinic_id).into(),
            (&invitation.invitation_id).into(),
            token_hash.into(),
            code_hash.into(),
            (&invitation.roles).into(),
            (&invitation.name).into(),
            (&invitation.invited_by).into(),
            (&invitation.for_person).into(),
            now.into(),
            invitation.expires_at.into(),
        ],
    )?;
    Ok(())
}

/// By the hash of its link or of its code.
pub fn find_invitation(tx: &mut Tx<'_>, hash: &str) -> Result<Option<InvitationRow>, Error> {
    tx.one(
        "select * from invitation where token_hash = $1 or code_hash = $1",
        &[hash.into()],
        read_invitation,
    )
}

/// Invitations of a clinic that can still be used, of one inviter or, for an owner, of all.
pub fn list_invitations(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    invited_by: Option<&str>,
    now: i64,
) -> Result<Vec<InvitationRow>, Error> {
    tx.query(
        "select * from invitation
         where clinic_id = $1 and closed_at is null and expires_at > $2 and (invited_by = $3 or $4)
         order by made_at, invitation_id",
        &[
            clinic_id.into(),
            now.into(),
            invited_by.unwrap_or_default().into(),
            invited_by.is_none().into(),
        ],
        read_invitation,
    )
}

/// Uses up an invitation; false when somebody else was faster or it was taken back.
pub fn close_invitation(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    invitation_id: &str,
    used_by: Option<&str>,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update invitation set closed_at = $4, used_by = $3
         where clinic_id = $1 and invitation_id = $2 and closed_at is null and expires_at > $4",
        &[
            clinic_id.into(),
            invitation_id.into(),
            used_by.into(),
            now.into(),
        ],
    )? == 1)
}

/// Takes back an invitation of one's own, or, for an owner, any of the clinic.
pub fn revoke_invitation(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    invitation_id: &str,
    invited_by: Option<&str>,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update invitation set closed_at = $3
         where clinic_id = $1 and invitation_id = $2 and closed_at is null
             and (invited_by = $4 or $5)",
        &[
            clinic_id.into(),
            invitation_id.into(),
            now.into(),
            invited_by.unwrap_or_default().into(),
            invited_by.is_none().into(),
        ],
    )? == 1)
}
