using Moderation.Enforcement.Tests;
using Moderation.Enforcement.Tests.Audit;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// What xunit would generate, and one more way to start: as a process that a test has killed.
return args switch
{
    [SealingProcess.Command, .. var rest] => await SealingProcess.RunAsync(rest),
    _ when args.Contains("--server") => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await ConsoleRunner.Run(args),
};
