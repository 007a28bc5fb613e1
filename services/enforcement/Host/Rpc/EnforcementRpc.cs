using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Decisions and the record of them. One RPC a file.</summary>
internal sealed partial class EnforcementRpc(
    DecisionMaker maker, DecisionStore store, PolicyCatalogue policies, ApiKeyStore apiKeys, ArchivedDecisions archived,
    ExceptionInterceptor errors) : EnforcementService.EnforcementServiceBase;
