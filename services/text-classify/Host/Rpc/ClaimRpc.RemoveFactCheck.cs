using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class ClaimRpc
{
    public override async Task<RemoveFactCheckResponse> RemoveFactCheck(RemoveFactCheckRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.ClaimId, "claim_id");
        violations.ThrowIfAny();
        var actor = Caller.Of(context).Subject;
        await catalogue.TryCatchUpAsync(context.CancellationToken);
        if (Loaded.All.GetValueOrDefault(request.ClaimId) is { } before) await RecordAsync(actor, "fact-check.remove", request.ClaimId, before, null);
        var version = await store.RemoveAsync(request.ClaimId, actor)
            ?? throw RpcErrors.Create(ErrorReason.FactCheckNotFound, ("claim_id", request.ClaimId));
        await catalogue.TryCatchUpAsync(context.CancellationToken);
        return new RemoveFactCheckResponse { ClaimVersion = version };
    }
}
