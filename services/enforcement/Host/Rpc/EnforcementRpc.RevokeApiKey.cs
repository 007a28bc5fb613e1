using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Access;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<RevokeApiKeyResponse> RevokeApiKey(RevokeApiKeyRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireKeyNames(request.TenantId, request.KeyId);
        violations.ThrowIfAny();
        var before = await apiKeys.FindAsync(request.TenantId, request.KeyId)
            ?? throw RpcErrors.Create(ErrorReason.ApiKeyNotFound, ("key_id", request.KeyId));

        // Recorded first: when this call dies in between it is repeated, and the key can't be gone without a record.
        await RecordAsync(context, "key.revoke", request.TenantId, request.KeyId, before, null);
        return await apiKeys.RevokeAsync(request.TenantId, request.KeyId)
            ? new RevokeApiKeyResponse()
            : throw RpcErrors.Create(ErrorReason.ApiKeyNotFound, ("key_id", request.KeyId));
    }
}
