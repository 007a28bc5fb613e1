using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class LookbackRpc
{
    public override async Task<GetLookbackResponse> GetLookback(GetLookbackRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        RequireLookbackId(request.LookbackId, violations);
        violations.ThrowIfAny();
        var job = await jobs.FindAsync(request.LookbackId) ?? throw RpcErrors.Create(ErrorReason.LookbackNotFound, ("lookback_id", request.LookbackId));
        return new GetLookbackResponse { Lookback = job.Lookback };
    }
}
