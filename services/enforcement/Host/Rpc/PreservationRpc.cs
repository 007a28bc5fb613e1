using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.ChildSafety;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Preservation records. One RPC a file.</summary>
internal sealed partial class PreservationRpc(PreservationStore store, TextSealer sealer) : PreservationService.PreservationServiceBase;
