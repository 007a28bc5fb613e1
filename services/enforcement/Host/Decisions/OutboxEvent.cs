using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// The event of a decision as the outbox keeps it. A decision that is kept for months is named only, and readers fetch it; one
/// that settles soon is written out.
/// </summary>
internal static class OutboxEvent
{
    public static (string Field, byte[] Value) Of(Decision decision)
        => decision.Measures.Count > 0 || decision.ReviewTaskId.Length > 0 || !decision.Automated
            ? (OutboxReader.DecisionField, System.Text.Encoding.ASCII.GetBytes(decision.DecisionId))
            : (OutboxReader.EventField, new WatchDecisionsResponse { EventId = "decided:" + decision.DecisionId, Decided = decision }.ToByteArray());
}
