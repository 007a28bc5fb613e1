using Moderation.ModCtl.Shell;

return await Root.RunAsync(args, Terminal.OfProcess());
