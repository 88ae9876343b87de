//! Mails to the admins of a space: which acts they are told is R192 of [`shared::space`].

use std::rc::Rc;

use shared::space::AuditEntry;

use super::Place;
use crate::mail;
use crate::object::Shell;

impl Place {
    /// Mails the admins in the background, once: the audit log has it, whether a mail gets lost or not.
    pub(super) fn mail_admins(&self, shell: &Rc<Shell<Self>>, act: &AuditEntry) {
        let addresses = self.machine.admin_addresses();
        let Some(settings) = self.machine.settings() else {
            return;
        };
        if addresses.is_empty() || !mail::is_on(&shell.env) {
            return;
        }
        let who = act.who.and_then(|who| self.machine.agent(who));
        let letter = mail::notice(&settings.name, who.map(|agent| &agent.name), act.what);
        let (env, hash) = (shell.env.clone(), act.hash.clone());
        shell.state.wait_until(async move {
            for (place, address) in addresses.iter().enumerate() {
                // The same act is mailed to the same address once, whatever is repeated.
                mail::send(&env, address, &letter, &format!("{hash}-{place}")).await;
            }
        });
    }
}
