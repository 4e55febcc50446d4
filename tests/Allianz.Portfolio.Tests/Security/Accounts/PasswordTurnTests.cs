using Allianz.Portfolio.Api.Security.SignIn;

namespace Allianz.Portfolio.Tests.Security.Accounts;

/// <summary>Passwords are checked one at a time, and few wait for it.</summary>
public class PasswordTurnTests
{
    [Test]
    public async Task Who_comes_when_the_queue_is_full_is_refused_at_once_and_those_in_it_have_their_turn_one_by_one()
    {
        using var turn = new PasswordTurn();
        var waiting = Enumerable.Range(0, PasswordTurn.Most).Select(_ => turn.TryTakeAsync(CancellationToken.None)).ToList();

        Assert.That(waiting.Count(w => w.IsCompleted), Is.EqualTo(1));
        Assert.That(await turn.TryTakeAsync(CancellationToken.None), Is.False);

        foreach (var one in waiting)
        {
            Assert.That(await one, Is.True);
            turn.Release();
        }
        Assert.That(await turn.TryTakeAsync(CancellationToken.None), Is.True, "all places are free again");
    }

    [Test]
    public async Task Who_gives_up_waiting_leaves_its_place()
    {
        using var turn = new PasswordTurn();
        await turn.TryTakeAsync(CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var waiting = Enumerable.Range(1, PasswordTurn.Most - 1).Select(_ => turn.TryTakeAsync(gone.Token)).ToList();
        Assert.That(await turn.TryTakeAsync(CancellationToken.None), Is.False);

        await gone.CancelAsync();

        foreach (var one in waiting)
        {
            await Assert.ThatAsync(() => one, Throws.InstanceOf<OperationCanceledException>());
        }
        var next = turn.TryTakeAsync(CancellationToken.None);
        turn.Release();
        Assert.That(await next, Is.True);
    }
}
