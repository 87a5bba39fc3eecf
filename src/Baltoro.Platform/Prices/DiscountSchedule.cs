using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>
/// Graduated volume discount of a month. It is a function of the month's running gross total only, and a request is
/// charged the difference of that function before and after it: so the sum of the charges never depends on how a month
/// is split or in what order requests settle. A committed-use contract is a schedule whose first step starts at zero.
/// </summary>
public sealed class DiscountSchedule
{
    private const int WholeBasisPoints = 10_000;
    private readonly DiscountStep[] _steps;

    /// <exception cref="ArgumentException">Steps are not in rising order, or a rate is outside 0..10,000 or falls.</exception>
    public DiscountSchedule(string name, IEnumerable<DiscountStep> steps, Money commitment = default)
    {
        Name = name;
        Commitment = commitment;
        _steps = [.. steps];
        for (int index = 0; index < _steps.Length; index++)
        {
            DiscountStep step = _steps[index];
            bool rises = index == 0 || (step.Above > _steps[index - 1].Above && step.BasisPoints >= _steps[index - 1].BasisPoints);
            if (!rises || step.Above < Money.Zero || step.BasisPoints is < 0 or > WholeBasisPoints)
            {
                throw new ArgumentException(
                    $"discount {name}, step {index}: found above {step.Above} at {step.BasisPoints} bp, allowed rising amounts and rates of 0..10000 bp");
            }
        }
    }

    public string Name { get; }

    /// <summary>What the customer promised to spend each month; what is missing is charged when the month closes.</summary>
    public Money Commitment { get; }

    public IReadOnlyList<DiscountStep> Steps => _steps;

    /// <summary>Discount on a whole month's gross spend, rounded down to the nano-dollar once.</summary>
    public Money DiscountOn(Money gross)
    {
        Int128 discount = 0;
        int rate = 0;
        foreach (DiscountStep step in _steps)
        {
            if (gross <= step.Above)
            {
                break;
            }

            discount += (Int128)(gross - step.Above).NanoUsd * (step.BasisPoints - rate);
            rate = step.BasisPoints;
        }

        return new Money(checked((long)(discount / WholeBasisPoints)));
    }

    /// <summary>Discount of one request that brings the month from <paramref name="before"/> to before + <paramref name="gross"/>.</summary>
    public Money DiscountOf(Money before, Money gross) => DiscountOn(before + gross) - DiscountOn(before);
}
