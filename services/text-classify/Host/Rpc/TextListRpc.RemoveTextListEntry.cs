using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Lists;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextListRpc
{
    public override async Task<RemoveTextListEntryResponse> RemoveTextListEntry(RemoveTextListEntryRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        CheckTenant(request.TenantId, violations);
        violations.RequireId(request.EntryId, "entry_id");
        violations.ThrowIfAny();
        var version = await store.RemoveAsync(new TextListKey(request.TenantId, request.EntryId), Caller.Of(context).Subject)
            ?? throw RpcErrors.Create(ErrorReason.TextListEntryNotFound, ("entry_id", request.EntryId));
        await feed.TryCatchUpAsync(context.CancellationToken);
        return new RemoveTextListEntryResponse { ListVersion = version };
    }
}
