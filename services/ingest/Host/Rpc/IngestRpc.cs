using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Intake;
using Moderation.Ingest.Host.Media;
using Moderation.Ingest.Host.Pipeline;
using Moderation.Ingest.Host.Watch;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Ingest.Host.Rpc;

/// <summary>The front door. One RPC a file.</summary>
internal sealed partial class IngestRpc(
    PostIntake intake, IntakeStore store, MediaRelay relay, ServiceCallers callers, DecisionFeedOutbox outbox, ExceptionInterceptor errors,
    KeySpace keys, TimeProvider time, IHostApplicationLifetime lifetime) : IngestService.IngestServiceBase
{
    private static void RequirePostId(string postId)
    {
        var violations = new FieldViolations();
        violations.RequireId(postId, "post_id");
        violations.ThrowIfAny();
    }
}
