using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Lists;
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
        var (key, actor) = (new TextListKey(request.TenantId, request.EntryId), Caller.Of(context).Subject);
        var entry = await store.FindAsync(key) ?? throw RpcErrors.Create(ErrorReason.TextListEntryNotFound, ("entry_id", request.EntryId));
        await audit.RecordAsync(new AdminChange(actor, "text-list.remove", Target(key), request.TenantId, entry.ToContract(), null));
        var version = await store.RemoveAsync(key, actor)
            ?? throw RpcErrors.Create(ErrorReason.TextListEntryNotFound, ("entry_id", request.EntryId));
        await feed.TryCatchUpAsync(context.CancellationToken);
        return new RemoveTextListEntryResponse { ListVersion = version };
    }
}
