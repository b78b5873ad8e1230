//! Alarms on the alarms: that they are judged, and that somebody hears of them.

use catalogue::HEARTBEAT;
use catalogue::links::API;
use dashboards::model::{Alarm, MissingData, Narrow, Period, Threshold};
use telemetry::Dimension;

use crate::aws::{Topic, sns};

/// Messages that a topic could not deliver, in five minutes.
const UNDELIVERED: Threshold = Threshold::at_least(1.0);
/// The minute of an hour until which the heartbeat is in ALARM.
const FIRST_HALF: Threshold = Threshold::below(30.0);

/// Every alarm on alarms.
pub fn alarms() -> Vec<Alarm> {
    let [page, ticket] = [Topic::Page, Topic::Ticket].map(|topic| {
        Alarm::metric(
            format!("{}-topic-fails", topic.value()),
            sns::NOTIFICATIONS_FAILED.of(topic).sum(),
            UNDELIVERED,
            MissingData::NotBreaching,
        )
        .every(Period::minutes(5))
    });
    vec![
        page.ticket(
            API,
            "The topic of pages could not deliver: somebody was to be woken and was not. Look at its subscriptions, and at the alarms that are firing.",
        )
        .needs("one message that is refused")
        .runbook("topic-fails"),
        ticket
            .points(3, 3)
            .page(
                API,
                "The topic of tickets has delivered nothing for 15 minutes, and only pages still arrive. Look at its subscriptions.",
            )
            .needs("a message that is refused in each of three periods of five minutes")
            .runbook("topic-fails"),
        heartbeat(),
    ]
}

/// In ALARM in the first half of each hour, and fine in the second: whoever listens hears that
/// metrics arrive, alarms are judged and messages are delivered, or hears nothing.
fn heartbeat() -> Alarm {
    let minute = HEARTBEAT.total().maximum();
    Alarm::metric("heartbeat", minute, FIRST_HALF, MissingData::Missing)
        .only_with("heartbeat_topic_arn")
        .heartbeat(
            API,
            "Changes its state twice an hour, on purpose. A monitor outside of AWS that hears nothing for an hour and a half tells somebody.",
        )
        .needs("the tick")
}
