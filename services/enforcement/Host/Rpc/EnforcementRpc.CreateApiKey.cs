using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Access;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<CreateApiKeyResponse> CreateApiKey(CreateApiKeyRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireKeyNames(request.TenantId, request.KeyId);
        violations.RequireScopes(request.Scopes);
        violations.RequireFuture(request.ExpireTime, "expire_time", time.GetUtcNow());
        violations.ThrowIfAny();
        var key = await apiKeys.CreateAsync(
                request.TenantId, request.KeyId, request.Scopes.Count == 0 ? null : request.Scopes.ToHashSet(), request.ExpireTime?.ToDateTimeOffset())
            ?? throw RpcErrors.Create(ErrorReason.ApiKeyExists, ("key_id", request.KeyId));

        // Recorded before anyone has the secret: a key that is in use is in the record.
        await RecordAsync(context, "key.create", request.TenantId, request.KeyId, null, await apiKeys.FindAsync(request.TenantId, request.KeyId));
        return new CreateApiKeyResponse { ApiKey = key };
    }

    private Task RecordAsync(ServerCallContext context, string action, string tenantId, string keyId, StoredApiKey? before, StoredApiKey? after)
    {
        var now = time.GetUtcNow();
        return audit.RecordAsync(new AdminChange(
            Caller.Of(context).Subject, action, $"key/{keyId}", tenantId, before?.ToContract(now), after?.ToContract(now)));
    }
}
