/** CPU time of this process, which a busy machine does not stretch as it stretches the clock on the wall. */

/** User and system time of an action, in microseconds; garbage collected meanwhile counts. */
export function cpuMicroseconds(action: () => void): number {
  const from = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(from);
  return user + system;
}
