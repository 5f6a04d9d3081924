// OpenTelemetry's names, in one table: those of messaging may still change, so the schema that they
// are taken from is pinned and written into every file.
#pragma once

#include <array>
#include <string_view>

namespace stormglass::reports {

constexpr std::string_view kSchemaUrl = "https://opentelemetry.io/schemas/1.27.0";
constexpr std::string_view kMessagingSystem = "stormglass";

namespace semantics {
constexpr std::string_view kSystem = "messaging.system";
constexpr std::string_view kOperationType = "messaging.operation.type";
constexpr std::string_view kOperationName = "messaging.operation.name";
constexpr std::string_view kDestination = "messaging.destination.name";
constexpr std::string_view kMessageId = "messaging.message.id";
constexpr std::string_view kGroup = "messaging.consumer.group.name";
constexpr std::string_view kEventId = "cloudevents.event_id";
constexpr std::string_view kEventSource = "cloudevents.event_source";
constexpr std::string_view kEventType = "cloudevents.event_type";
// Our own.
constexpr std::string_view kPosition = "stormglass.position";
constexpr std::string_view kAttempt = "stormglass.attempt";
constexpr std::string_view kEpoch = "stormglass.epoch";
constexpr std::string_view kSequence = "stormglass.sequence";
constexpr std::string_view kOutcome = "stormglass.outcome";
constexpr std::string_view kSaga = "stormglass.saga";
constexpr std::string_view kFault = "stormglass.fault";
constexpr std::string_view kSimulated = "stormglass.simulated";
constexpr std::string_view kSeed = "stormglass.seed";
constexpr std::string_view kScenario = "stormglass.scenario";
constexpr std::string_view kInferred = "stormglass.inferred";

inline constexpr std::array kAll = {
    kSystem,      kOperationType, kOperationName, kDestination, kMessageId, kGroup,    kEventId,
    kEventSource, kEventType,     kPosition,      kAttempt,     kEpoch,     kSequence, kOutcome,
    kSaga,        kFault,         kSimulated,     kSeed,        kScenario,  kInferred};
}  // namespace semantics

}  // namespace stormglass::reports
