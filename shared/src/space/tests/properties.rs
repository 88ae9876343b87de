//! Rules that speak of all states.

use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use super::day::{AGENTS, Day, Step, any_step};
use super::*;
use crate::sorted::SortedMap;

proptest! {
    /// Time alone changes nothing before the announced deadline; a refused command changes
    /// nothing; a repeated notice has no second effect; disk and seats bring everything back.
    #[test]
    fn b1_b2_every_day_keeps_the_rules(
        limit in 1..4u8,
        offer_mode in any_mode(),
        is_least_busy in any::<bool>(),
        steps in vec_of(any_step(), 0..150),
    ) {
        let mut day = Day::new(|settings| {
            settings.conversation_limit = limit;
            settings.offer_mode = offer_mode;
            if is_least_busy {
                settings.routing = Routing::LeastBusy;
            }
        });
        for (pause, step) in steps {
            day.scene.now += pause;
            if pause < 150_000 {
                day.step(Step::Heard);
            }
            day.step(step);
        }
        day.heal();
    }

    /// FAIR1 over any order of waiting, talking and closing: among agents who stay eligible
    /// and decline nothing, offers differ by at most one.
    #[test]
    fn fair1_offers_differ_by_at_most_one(order in vec_of(any::<u8>(), 1..80)) {
        let mut scene = Scene::with_limit(&AGENTS, 100);
        let mut offers = SortedMap::from(AGENTS.map(|n| (n, 0)));
        let mut talking = vec![];
        for (c, dice) in order.into_iter().enumerate() {
            let c = c as u8 + 1;
            scene.waits(c);
            let (n, fence) = scene.offered(c).unwrap();
            *offers.entry(n).or_default() += 1;
            scene.talk(n, c, fence, 3);
            talking.push((c, fence));
            if dice % 3 == 0 {
                let (c, fence) = talking.swap_remove(usize::from(dice) % talking.len());
                scene.closed(c, 4, fence);
            }
            let most = offers.values().max().unwrap();
            let least = offers.values().min().unwrap();
            prop_assert!(most - least <= 1, "{:?}", offers);
        }
    }
}

fn any_mode() -> impl Strategy<Value = OfferMode> {
    prop_oneof![
        2 => Just(OfferMode::Offer),
        1 => Just(OfferMode::AutoAccept),
        1 => Just(OfferMode::Manual),
    ]
}
