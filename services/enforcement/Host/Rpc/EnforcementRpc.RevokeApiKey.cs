using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<RevokeApiKeyResponse> RevokeApiKey(RevokeApiKeyRequest request, ServerCallContext context)
    {
        RequireKeyNames(request.TenantId, request.KeyId);
        return await apiKeys.RevokeAsync(request.TenantId, request.KeyId)
            ? new RevokeApiKeyResponse()
            : throw RpcErrors.Create(ErrorReason.ApiKeyNotFound, ("key_id", request.KeyId));
    }
}
