using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>
/// Prints one line per figure and ends with 1 when one is short. Speeds are ratios, measured side by side in the same run, because machines differ
/// and are noisy. <c>bench yardstick PORT FILE</c> serves the yardstick (a child process of the run).
/// </summary>
internal static class Bench
{
    private static bool _short;

    public static async Task<int> Main(string[] args)
    {
        if (args is ["yardstick", var port, var file])
        {
            await Yardstick.ServeAsync(int.Parse(port, CultureInfo.InvariantCulture), file);
            return 0;
        }
        var folder = Directory.CreateTempSubdirectory("portfolio-bench").FullName;
        try
        {
            await Figures.RunAsync(folder, args);
            return _short ? 1 : 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A figure that should be at least its goal.</summary>
    public static void AtLeast(string name, double value, double goal) => Print(name, value, ">= ", goal, value >= goal);

    /// <summary>A figure that should be at most its goal.</summary>
    public static void AtMost(string name, double value, double goal) => Print(name, value, "<= ", goal, value <= goal);

    /// <summary>A figure that could not be taken at all.</summary>
    public static void Fail(string name, string why)
    {
        _short = true;
        Console.WriteLine($"{name}: {why}");
    }

    /// <summary>Something worth knowing that has no goal.</summary>
    public static void Note(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {value:0.00}"));

    private static void Print(string name, double value, string sign, double goal, bool ok)
    {
        _short |= !ok;
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{name}: {value:0.00} (goal {sign}{goal:0.##}) {(ok ? "ok" : "short")}")
        );
    }
}

/// <summary>A server in a process of its own.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;

    private Server(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Bytes that it holds in memory now.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time that it has used so far. Linux knows it in nanoseconds, of threads that have ended, too; .NET would round it to 10 ms.</summary>
    public TimeSpan Cpu
    {
        get
        {
            // The clock of another process, as clock_getcpuclockid() makes it.
            if (OperatingSystem.IsLinux() && clock_gettime((~_process.Id << 3) | 2, out var time) == 0)
            {
                return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
            }
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int clock_gettime(int clock, out TimeSpec time);

    /// <summary>Bytes that it holds in memory now without files that are mapped; where the system does not say, with them.</summary>
    public long OwnMemory =>
        File.Exists($"/proc/{_process.Id}/status")
        && File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
            is { } line
            ? 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split(':')[^1], CultureInfo.InvariantCulture)
            : Memory;

    /// <summary>The program of this run.</summary>
    public static string Program { get; } = typeof(Api.Ledger.Kind).Assembly.Location;

    /// <param name="file">The database.</param>
    /// <param name="keep">Whether it may answer from memory what it answered before, as it does unless told otherwise.</param>
    /// <param name="settings">Set otherwise than for the other figures.</param>
    public static Task<Server> PortfolioAsync(string file, bool keep, params (string Name, string Value)[] settings) =>
        PortfolioAsync(Program, file, keep, settings);

    /// <summary>The same of another build.</summary>
    /// <param name="assembly">The program.</param>
    /// <param name="file">The database.</param>
    /// <param name="keep">Whether it may answer from memory what it answered before, as it does unless told otherwise.</param>
    /// <param name="settings">Set otherwise than for the other figures.</param>
    public static Task<Server> PortfolioAsync(string assembly, string file, bool keep, params (string Name, string Value)[] settings) =>
        StartAsync(
            "/health/live",
            assembly,
            port => ["--urls", $"http://127.0.0.1:{port}"],
            [
                ("ConnectionStrings__Portfolio", $"Data Source={file}"),
                ("Answers__Megabytes", keep ? "32" : "0"),
                ("Demo__Load", "false"),
                ("FirstKey__Make", "false"),
                ("Jobs__Enabled", "false"),
                // Counted as ever, but one computer asks for all the others here.
                ("RateLimits__Requests", "100000000"),
                ("Logging__LogLevel__Default", "Warning"),
                .. settings,
            ]
        );

    public static Task<Server> YardstickAsync(string file) =>
        StartAsync("/static", typeof(Bench).Assembly.Location, port => ["yardstick", port.ToString(CultureInfo.InvariantCulture), file]);

    /// <summary>Runs a verb of the program to its end and gives back what it printed.</summary>
    public static Task<string> VerbAsync(Dictionary<string, string> environment, params string[] arguments) =>
        VerbAsync(Program, environment, arguments);

    /// <summary>The same of another build.</summary>
    public static async Task<string> VerbAsync(string assembly, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<Server> StartAsync(
        string ready,
        string assembly,
        Func<int, string[]> arguments,
        params (string Name, string Value)[] environment
    )
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments(port)]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        // What a published program takes beside itself it looks for in its own folder.
        start.WorkingDirectory = Path.GetDirectoryName(assembly)!;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        for (var tried = 0; ; tried++)
        {
            try
            {
                using var response = await client.GetAsync(ready);
                return new Server(process, port);
            }
            catch (HttpRequestException) when (tried < 200 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
