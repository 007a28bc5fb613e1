using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// The event of a decision as the outbox keeps it. A decision that is kept for months is named only (field <c>d</c>), and readers fetch it; one
/// that shrinks soon is written out (field <c>e</c>), without what the reader can tell by itself: see <c>OutboxReader</c>.
/// </summary>
internal static class OutboxEvent
{
    public const string ReferenceField = "d";
    public const string EventField = "e";

    public static (string Field, byte[] Value) Of(Decision decision)
        => decision.Measures.Count > 0 || decision.ReviewTaskId.Length > 0 || !decision.Automated
            ? (ReferenceField, System.Text.Encoding.ASCII.GetBytes(decision.DecisionId))
            : (EventField, new WatchDecisionsResponse { EventId = "decided:" + decision.DecisionId, Decided = decision }.ToByteArray());
}
