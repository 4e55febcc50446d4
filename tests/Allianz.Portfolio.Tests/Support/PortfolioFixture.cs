using Allianz.Portfolio.Api.Security;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>Behaviour of the whole program on one engine: one empty database and one host per fixture. Derived fixtures only pass the engine on.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public abstract class PortfolioFixture(Engine engine, params (string Key, string Value)[] settings)
{
    private string? _connectionString;

    protected Engine Engine => engine;

    protected TestClock Clock { get; } = new();

    protected string ConnectionString => _connectionString!;

    protected PortfolioHost Host { get; private set; } = null!;

    protected HttpClient Anonymous { get; private set; } = null!;
    protected HttpClient Reader { get; private set; } = null!;
    protected HttpClient Board { get; private set; } = null!;
    protected HttpClient Coordination { get; private set; } = null!;
    protected HttpClient Administrator { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _connectionString = await engine.CreateAsync();
        Host = NewHost();
        Anonymous = await Host.ClientAsync(Role.Anonymous);
        Reader = await Host.ClientAsync(Role.Reader);
        Board = await Host.ClientAsync(Role.Board);
        Coordination = await Host.ClientAsync(Role.Coordination);
        Administrator = await Host.ClientAsync(Role.Administrator);
        await PrepareAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_connectionString is null)
        {
            return;
        }
        foreach (var client in new[] { Anonymous, Reader, Board, Coordination, Administrator })
        {
            client?.Dispose();
        }
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }
        await engine.DropAsync(_connectionString);
    }

    /// <summary>Another node on the same database.</summary>
    protected PortfolioHost NewHost(params (string Key, string Value)[] more) =>
        new(engine.Name, ConnectionString, Clock, [.. settings, .. more]);

    /// <summary>What the tests of a fixture find when they begin.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;
}
