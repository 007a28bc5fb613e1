using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<CreateApiKeyResponse> CreateApiKey(CreateApiKeyRequest request, ServerCallContext context)
    {
        RequireKeyNames(request.TenantId, request.KeyId);
        return new CreateApiKeyResponse
        {
            ApiKey = await apiKeys.CreateAsync(request.TenantId, request.KeyId)
                ?? throw RpcErrors.Create(ErrorReason.ApiKeyExists, ("key_id", request.KeyId)),
        };
    }

    private static void RequireKeyNames(string tenantId, string keyId)
    {
        var violations = new FieldViolations();
        violations.RequireName(tenantId, "tenant_id");
        violations.RequireName(keyId, "key_id");
        violations.ThrowIfAny();
    }
}
