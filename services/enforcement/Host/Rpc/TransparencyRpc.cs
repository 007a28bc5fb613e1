using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Transparency;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Decisions for the DSA Transparency Database. One RPC a file.</summary>
internal sealed partial class TransparencyRpc(DecisionStore decisions, TransparencyWriter writer) : TransparencyService.TransparencyServiceBase;
